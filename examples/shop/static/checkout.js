// The Payment Element, as Stripe documents it for a payment whose intent is created when the form is sent.
const stripe = Stripe(document.currentScript.dataset.key);
const elements = stripe.elements({ mode: "payment", amount: 4000, currency: "eur" });
elements.create("payment").mount("#payment");

document.getElementById("checkout").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { error } = await elements.submit();
  // Here a real shop creates the PaymentIntent on its server, and hands its client secret to stripe.confirmPayment.
  if (error) Sentry.captureException(error);
  document.getElementById("message").textContent = error ? error.message : "Thank you.";
});
