/** An error response of an AWS service. Its name is AWS's, such as `ExecutionDoesNotExist`. */
export class AwsError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}
