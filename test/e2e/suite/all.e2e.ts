// One file, so that all tests share one simulator and one subscription, and run side by side: most of their time is waiting.
import './start-execution.ts';
import './outcomes.ts';
import './one-collection.ts';
import './events.ts';
import './http-api.ts';
