export const greeting = "The script with this response's nonce ran, and what it loaded.";
