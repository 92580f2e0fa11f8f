/** The package brings no types of its own. */
declare module 'asl-validator' {
  /** Checks schema, paths and ARNs of a definition, and that every state can be reached. */
  export default function validate(definition: object): {
    readonly isValid: boolean;
    readonly errors: readonly unknown[];
  };
}
