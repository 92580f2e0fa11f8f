import { startAsposeSimulator } from '../../local/aspose-simulator/server.ts';
import { localTaskIds } from './local-task-ids.ts';

/**
 * Runs the simulator in a process of its own, so that the measured command does not pay for it.
 * Each task is Completed at its second poll, with a text of 2 kB.
 */

const simulator = await startAsposeSimulator();
const text = Buffer.alloc(2000, 'ocr-courier ').toString('base64');
for (const taskId of localTaskIds(Number(process.argv[2]))) {
  simulator.script(taskId, [
    { taskStatus: 'Pending' },
    { taskStatus: 'Completed', results: [{ type: 'Text', data: text }] },
  ]);
}
process.send?.(simulator.baseUrl);
process.once('disconnect', () => process.exit());
