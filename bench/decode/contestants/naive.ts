import { measure } from '../measured-process.ts';
import { collectNaively } from './naive-way.ts';

measure(collectNaively);
