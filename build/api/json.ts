/** A part of a declaration: text, or a name that is declared elsewhere. */
export interface JsonToken {
  readonly kind: "Content" | "Reference";
  readonly text: string;
  readonly canonicalReference?: string;
}

/** A declaration in API Extractor's model, as far as it is read here. */
export interface JsonItem {
  readonly kind: string;
  readonly name?: string;
  /** `portcullis!audit:function(1)`, and `portcullis!~Name:type` of what is not exported. */
  readonly canonicalReference: string;
  /** As it is in the source, with its tags in an order of their own; empty where there is none. */
  readonly docComment?: string;
  readonly excerptTokens?: readonly JsonToken[];
  /** The declaration's file, from the folder of the project. */
  readonly fileUrlPath?: string;
  readonly members?: readonly JsonItem[];
}
