// The page names this file with its nonce; the next one comes by 'strict-dynamic', without a nonce of its own.
const { greeting } = await import("./greeting.js");

// textContent is text. innerHTML would throw here: the page asks for Trusted Types, and allows no policy to make them.
document.getElementById("greeting").textContent = greeting;
