/** The part of avsc 5.7.9 that knows schemas, without its services and containers. */
declare module 'avsc/lib/types.js' {
  import type avsc from 'avsc';

  const library: { readonly Type: typeof avsc.Type; readonly builtins: typeof avsc.types };
  export default library;
}
