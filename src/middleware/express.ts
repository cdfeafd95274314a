declare global {
  namespace Express {
    interface Locals {
      /** The response's nonce, where a nonce slot stands in the policy in force. Set by Portcullis. */
      cspNonce?: string | undefined;
    }
  }
}

export {};
