import { measureCollections } from '../measured-process.ts';
import { collectNaively } from './naive-way.ts';

measureCollections(collectNaively);
