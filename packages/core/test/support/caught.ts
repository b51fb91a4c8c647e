/** The reason with which a promise was rejected. */
export async function caught(work: Promise<unknown>): Promise<Error> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Error) return error;
    throw new Error("rejected with something that is no error");
  }
  throw new Error("not rejected");
}
