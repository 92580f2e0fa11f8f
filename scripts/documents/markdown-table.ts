/** Makes a Markdown table. The first column names the row; the others are right-aligned figures. */
export function markdownTable(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  const rule = `|---|${'---:|'.repeat(heads.length - 1)}\n`;
  return `${line(heads)}${rule}${rows.map(line).join('')}`;
}
