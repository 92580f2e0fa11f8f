/** The ARN of a state machine's execution: AWS makes it of the machine's own and the execution's name. */
export function executionArn(stateMachineArn: string, name: string): string {
  return `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
}
