// What is used of ajv, so that types are checked where it is not installed, too.
declare module 'ajv/dist/2020.js' {
  export class Ajv2020 {
    constructor(options: { readonly strict: boolean });
    compile(schema: unknown): (document: unknown) => boolean;
  }
}
