/** Ids of the tasks that the simulator of the benchmark knows. */
export function localTaskIds(tasks: number): string[] {
  return Array.from({ length: tasks }, (_, n) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`);
}
