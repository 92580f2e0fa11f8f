/** Foreign JSON, or undefined when it is not JSON: the parser's own error would quote it. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
