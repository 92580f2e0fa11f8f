// One test file, so that all tests share one simulator and one subscription, and run concurrently.
// They spend most of their time waiting.
import './start-execution.ts';
import './outcomes.ts';
import './one-collection.ts';
import './events.ts';
import './http-api.ts';
import './recognize-image.ts';
import './batch.ts';
import './client.ts';
