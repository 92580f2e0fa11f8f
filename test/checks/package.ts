import { nodeTool, runTool } from './run-tool.ts';

/** Builds the package, and checks it with publint and Are The Types Wrong. */
export async function checkPackage(): Promise<void> {
  await runTool('npm', ['run', 'build']);
  await runTool(await nodeTool('publint'), ['--strict']);
  await runTool(await nodeTool('attw'), ['--pack', '.', '--profile', 'esm-only']);
}
