/** An error response of an AWS service. The name is the service's, such as `ExecutionDoesNotExist`. */
export class AwsError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}
