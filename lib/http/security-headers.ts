/** Every answer tells the browser this. The policy of what a page may load and run is beside it. */
export const securityHeaders = {
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  // Not `no-referrer`: browsers then send `Origin: null` with a form, which the proxy refuses.
  "Referrer-Policy": "strict-origin-when-cross-origin",
  "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
  "Cross-Origin-Opener-Policy": "same-origin",
  // Browsers heed it over https only, so it is harmless on localhost.
  "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
};

/** For what is no page: it loads nothing, and nobody shows it in a frame. */
export const apiHeaders = {
  "Cache-Control": "no-store",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
};
