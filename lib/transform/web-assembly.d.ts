/** What is used of WebAssembly; TypeScript knows it only together with all of a browser. */
declare namespace WebAssembly {
  interface Memory {
    readonly buffer: ArrayBuffer;
  }

  interface Global {
    readonly value: number;
  }

  type ExportValue = Memory | Global | ((...values: number[]) => number);

  class Module {
    constructor(code: Uint8Array<ArrayBuffer>);
  }

  class Instance {
    constructor(module: Module);
    readonly exports: Readonly<Record<string, ExportValue>>;
  }
}
