/** Advisory locks of this program have one class, so that they meet no other program's; the second number says which lock. */
export const LOCK_CLASS = 0x5762;
export const ONE_BRIDGE = 1;
export const MIGRATION = 2;
