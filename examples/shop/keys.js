// What each vendor's dashboard shows for your account. All of these are public: they are sent to every visitor.
export const keys = {
  stripe: "pk_test_example",
  analytics: "G-EXAMPLE",
  recaptcha: "recaptcha-site-key",
  sentryDsn: "https://0123456789abcdef@o0.ingest.us.sentry.io/0",
  sentryLoader: "0123456789abcdef",
  intercom: "example",
};
