// Monaco thinks in workers of its own; they are files beside this one, so that
// `worker-src 'self'` is enough. WORKER_FILES is filled in by build.mjs.
globalThis.MonacoEnvironment = {
  getWorker: (_id, label) =>
    new Worker(new URL(`./${WORKER_FILES[label] ?? WORKER_FILES.editor}`, import.meta.url), {
      name: label,
    }),
};
