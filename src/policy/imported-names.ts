/**
 * What other entries of the package export as layers, for hints: this floor cannot import them, and an application that needs none of
 * them does not load them. A test compares the lists with what is exported.
 */
const RECIPES =
  "adobeFonts algolia amplitude appleSignIn auth0 braintree cdnjs chargebee clarity clerk cloudflareAnalytics crisp datadog drift firebase friendlyCaptcha googleAnalytics googleFonts googleMaps googleSignIn googleTagManager hcaptcha hotjar hubspot intercom jsdelivr linkedinInsight livereload mapbox matomo metaPixel mixpanel newRelic nextDev openStreetMap paypal plausible posthog recaptcha segment sentry spotify square stripe supabase tiktok turnstile unpkg vimeo viteDev xEmbed youtube zendesk";
const APPLICATIONS = "dash dashStrict gradio gradioStrict jupyter jupyterStrict nodeRed nodeRedStrict swaggerUi swaggerUiStrict";

/** The functions of `portcullis/services` that return a layer. */
export const recipeNames: readonly string[] = RECIPES.split(" ");

/** The presets of `portcullis/applications`. */
export const applicationNames: readonly string[] = APPLICATIONS.split(" ");
