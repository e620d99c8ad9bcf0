/**
 * Errors of the development Kafka. They stand apart from those of the bridge: the judge of the tests reads Kafka
 * through this folder and must share no code with what it judges.
 */
export class DevelopmentKafkaError extends Error {
  override readonly name: string = 'DevelopmentKafkaError';
}

/** A Kafka node ended although it was to run. `output` is the end of what it wrote. */
export class NodeEndedError extends DevelopmentKafkaError {
  override readonly name = 'NodeEndedError';
  readonly output: string;

  constructor(message: string, output: string) {
    super(`${message}\n${output}`);
    this.output = output;
  }

  /** Whether another program took one of the node's ports between our check and its start. */
  get portTaken(): boolean {
    return /Address already in use|BindException/.test(this.output);
  }
}

/** The text of anything that was thrown, for messages. */
export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
