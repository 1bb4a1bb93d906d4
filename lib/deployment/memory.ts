/** What Node has resident beside its heap as soon as a bundle is loaded, in MB. */
const OUTSIDE = 80;

/** The memory of functions by what they do, in MB, and Node's options for it. */
export function memoryFor(worker: number) {
  const [small, checks] = [256, 512];
  return {
    memory: { small, checks, worker },
    nodeOptions: {
      small: nodeOptions(small),
      checks: nodeOptions(checks),
      // With a window of 300,000 changes, 295 MiB were resident with Node's own 16 MiB, and 129 MiB with 4 MiB, for the
      // same processor time.
      worker: `${nodeOptions(worker)} --max-semi-space-size=4`,
    },
  };
}

/**
 * The heap's old space gets three quarters of what Node itself leaves. The last quarter is for new objects and for the
 * buffers with rows, which are outside of the heap. If a heap grows too large, Node then says so, before Lambda ends the
 * process without a word.
 */
const nodeOptions = (megabytes: number): string =>
  `--enable-source-maps --max-old-space-size=${Math.floor(((megabytes - OUTSIDE) * 3) / 4)}`;
