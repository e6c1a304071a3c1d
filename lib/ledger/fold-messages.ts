import { parseReceipt, type Receipt } from './receipt.ts';
import type { ReportStore } from './store.ts';

export interface ReceiptMessage {
  readonly messageId: string;
  readonly body: string;
}

export interface FoldOutcome {
  readonly failures: readonly { readonly messageId: string; readonly error: unknown }[];
}

/**
 * Folds receipts into their reports, all of one import at once. Receipts that cannot be read, or whose
 * report cannot be written, come back as failures; the others are written.
 */
export const foldMessages = async (
  messages: readonly ReceiptMessage[],
  store: Pick<ReportStore, 'fold'>,
): Promise<FoldOutcome> => {
  const failures: { messageId: string; error: unknown }[] = [];
  const byImport = new Map<string, { messageId: string; receipt: Receipt }[]>();
  for (const { messageId, body } of messages) {
    try {
      const receipt = parseReceipt(body);
      byImport.set(receipt.importId, [...(byImport.get(receipt.importId) ?? []), { messageId, receipt }]);
    } catch (error) {
      failures.push({ messageId, error });
    }
  }
  for (const [importId, items] of byImport) {
    try {
      await store.fold(
        importId,
        items.map(({ receipt }) => receipt),
      );
    } catch (error) {
      failures.push(...items.map(({ messageId }) => ({ messageId, error })));
    }
  }
  return { failures };
};
