// A listener in place of onclick="…", which no nonce covers.
document.getElementById("add").addEventListener("click", ({ target }) => {
  gtag("event", "add_to_cart", { items: [{ item_id: target.dataset.id }] });
  document.getElementById("added").hidden = false;
});
