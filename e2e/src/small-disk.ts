import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface DiskSize {
  readonly kilobytes: number;
  readonly files: number;
}

/** A file system of its own, in memory, that a test can fill. */
export class SmallDisk {
  readonly path: string;
  #ballast = 0;

  constructor(path: string, { kilobytes, files }: DiskSize) {
    this.path = path;
    mkdirSync(path, { recursive: true, mode: 0o700 });
    mount(path, `size=${kilobytes}k,nr_inodes=${files},mode=700`);
  }

  /** Takes every byte that is free. Empty files can still be made. */
  takeSpace(): void {
    const path = this.#next();
    const page = Buffer.alloc(4096, "x");
    this.#until("ENOSPC", () => appendFileSync(path, page));
  }

  /** Takes every file that could still be made. */
  takeFiles(): void {
    this.#until("ENOSPC", () => writeFileSync(this.#next(), ""));
  }

  free(): void {
    for (; this.#ballast > 0; this.#ballast--) rmSync(this.#name(), { force: true });
  }

  unmount(): void {
    execFileSync("umount", ["--lazy", this.path]);
  }

  #next(): string {
    this.#ballast++;
    return this.#name();
  }

  #name = () => join(this.path, `ballast-${this.#ballast}`);

  #until(code: string, work: () => void): void {
    for (;;)
      try {
        work();
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === code) return;
        throw error;
      }
  }
}

const mount = (path: string, options: string) =>
  execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", path], { stdio: "pipe" });

/** Only root may mount, and not in every container. */
export const canMount = (() => {
  if (process.platform !== "linux") return false;
  const path = mkdtempSync(join(tmpdir(), "weighbridge-disk-"));
  try {
    mount(path, "size=64k");
    execFileSync("umount", [path]);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
})();
