/**
 * Packet ids of the connection for events. Those of events follow from their rows; retained documents, at QoS 1, have a range of their own,
 * so that no document is ever on the wire under the id of a row.
 */
const DOCUMENT_IDS = 1_024;
const LARGEST_EVENT_ID = 65_535 - DOCUMENT_IDS;

/** Follows from the row, so that the row's own commit has assigned it: no event is ever on the wire under an id that the disk does not know. */
export const packetIdOf = (rowId: number): number => 1 + (rowId % LARGEST_EVENT_ID);

export const isDocumentId = (packetId: number): boolean => packetId > LARGEST_EVENT_ID;

/** Hands mqtt.js the one id that was set just before `publish`, which asks for it synchronously. */
export class PacketIds {
  #next: number | undefined;
  #last: number | null = null;
  #document = 0;

  /** Runs `publish` so that mqtt.js takes this id for it. */
  use(id: number, publish: () => void): void {
    this.#next = id;
    publish();
    if (this.#next !== undefined)
      throw new Error("mqtt.js took no packet id: the message could go out under another one");
  }

  /** In turn: far fewer documents are in flight at once than there are ids. */
  nextDocument(): number {
    this.#document = (this.#document + 1) % DOCUMENT_IDS;
    return LARGEST_EVENT_ID + 1 + this.#document;
  }

  allocate(): number {
    const id = this.#next;
    if (id === undefined) throw new Error("a packet id was asked for that belongs to no row");
    this.#next = undefined;
    this.#last = id;
    return id;
  }
  getLastAllocated(): number | null {
    return this.#last;
  }
  // The truth is the outbox: nothing that mqtt.js forgets or learns here matters.
  register(): boolean {
    return true;
  }
  deallocate(): void {}
  clear(): void {}
}
