import type { UndiciHttpHandler } from '@smithy/undici-http-handler';

export interface HttpTimeouts {
  readonly connectMs: number;
  /** Until the head of an answer is there. */
  readonly headersMs: number;
  /** Between two bytes of its body, while somebody waits for them. */
  readonly bodyMs: number;
}

const TIMEOUTS: HttpTimeouts = { connectMs: 5_000, headersMs: 30_000, bodyMs: 30_000 };

type RequestHandler = Pick<UndiciHttpHandler, keyof UndiciHttpHandler>;

/**
 * Requests of an AWS client by undici, which reads a body for two thirds of what Node's own HTTP takes. It is loaded
 * with the first of them, not before the first invocation. What goes wrong has the names that the SDK tries again for.
 */
export const undiciHandler = (timeouts = TIMEOUTS): RequestHandler => {
  let opening: Promise<UndiciHttpHandler> | undefined;
  return {
    handle: async (request, options) => {
      opening ??= openHandler(timeouts);
      return (await opening).handle(request, options);
    },
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
    destroy: () => void opening?.then((handler) => handler.destroy()),
  };
};

/** HTTP/1.1 only, since what is read side by side gains nothing from sharing a connection. */
const openHandler = async ({ connectMs, headersMs, bodyMs }: HttpTimeouts): Promise<UndiciHttpHandler> => {
  const [{ UndiciHttpHandler }, { Agent }] = await Promise.all([
    import('@smithy/undici-http-handler'),
    import('undici'),
  ]);
  const dispatcher = new Agent({
    allowH2: false,
    connect: { timeout: connectMs },
    headersTimeout: headersMs,
    bodyTimeout: bodyMs,
  });
  return new UndiciHttpHandler({ dispatcher });
};
