/** Errors a user can cause, each with the exit code that the command ends with. Anything else thrown is a bug (exit 1). */

export class MedvlmError extends Error {
  readonly exitCode: number;
  readonly hint: string | undefined;

  /**
   * @param message one line: `what, expected X, got Y (where)`; never report text or pixel values.
   * @param hint one line that tells what to do next.
   */
  constructor(exitCode: number, message: string, hint?: string) {
    super(message);
    this.name = new.target.name;
    this.exitCode = exitCode;
    this.hint = hint;
  }
}

/** Usage or configuration: exit 2. */
export class ConfigError extends MedvlmError {
  constructor(message: string, hint?: string) {
    super(2, message, hint);
  }
}

/** The data on disk: exit 3. */
export class DataError extends MedvlmError {
  constructor(message: string, hint?: string) {
    super(3, message, hint);
  }
}

/** A model or its weights: exit 4. */
export class ModelError extends MedvlmError {
  constructor(message: string, hint?: string) {
    super(4, message, hint);
  }
}

/** The run completed, but more items failed than the suite allows: exit 5. */
export class FailedItemsError extends MedvlmError {
  constructor(message: string, hint?: string) {
    super(5, message, hint);
  }
}

/** The run completed, but a published number that was required did not come out: exit 5. */
export class AnchorsError extends MedvlmError {
  constructor(message: string, hint?: string) {
    super(5, message, hint);
  }
}

/** A data-use rule forbids it: exit 6. */
export class DataUseError extends MedvlmError {
  constructor(message: string, hint?: string) {
    super(6, message, hint);
  }
}

/** SIGINT or SIGTERM: exit 130. What was finished stays; the same line continues. */
export class InterruptedError extends MedvlmError {
  constructor() {
    super(130, 'interrupted: what is finished is kept', 'run the same line again to continue');
  }
}
