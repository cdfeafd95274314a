"""Flask applications under the real Flask-Talisman, one per configuration, each on ports of its own.

Takes JSON: {"certificate", "key", "sites": {name: {"talisman": {…}, "debug", "tls"}}}. Prints one line of JSON, with the version and
the ports, and serves until its standard input ends.
"""
import importlib.metadata
import json
import logging
import sys
import threading

from flask import Flask, jsonify, make_response, render_template_string, session
from flask_talisman import Talisman
from werkzeug.serving import make_server

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

EMBEDDED = {"default-src": "'self'", "frame-ancestors": "'self' https://trusted-site.com"}


def build(options, debug):
    app = Flask(__name__)
    app.secret_key = "only for tests"
    app.debug = debug
    # With debug an exception would otherwise leave Flask, and the answer with it.
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.logger.disabled = True
    talisman = Talisman(app, **options)

    def page(path, **own):
        return app.route(path, endpoint=path, methods=METHODS, **own)

    @page("/")
    def index():
        return render_template_string('<script nonce="{{ csp_nonce() }}">1</script>')

    @page("/embed")
    @talisman(frame_options=None, content_security_policy=EMBEDDED)
    def embed():
        return "embed"

    @page("/api/data")
    @talisman(content_security_policy=False)
    def data():
        return jsonify(data=[1])

    @page("/plain")
    @talisman(force_https=False)
    def plain():
        return "plain"

    @page("/boom")
    def boom():
        raise RuntimeError("boom")

    @page("/login")
    def login():
        session["user"] = "ada"
        response = make_response("in")
        response.set_cookie("theme", "dark")
        response.set_cookie("own", "1", secure=True, httponly=True, samesite="Strict")
        return response

    @page("/features")
    @talisman(permissions_policy={"geolocation": "()", "camera": '(self "https://a.com")'})
    def features():
        return "features"

    @page("/document")
    @talisman(document_policy={"oversized-images": "?0"})
    def document():
        return "document"

    @page("/styled")
    @talisman(
        content_security_policy={"default-src": "'self'", "style-src": "'self'"},
        content_security_policy_nonce_in=["style-src"],
    )
    def styled():
        return render_template_string('<style nonce="{{ csp_nonce() }}"></style>')

    @talisman(frame_options="DENY")
    @page("/denied-above")
    def above():
        return "above"

    @page("/denied-below")
    @talisman(frame_options="DENY")
    def below():
        return "below"

    @page("/misspelt")
    @talisman(frame_option="DENY")
    def misspelt():
        return "misspelt"

    @page("/own")
    def own():
        response = make_response("own")
        response.headers["X-Frame-Options"] = "DENY"
        return response

    return app


def serve(app, context=None):
    server = make_server("127.0.0.1", 0, app, threaded=True, ssl_context=context)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_port


def start(site, certificate):
    try:
        app = build(site["talisman"], site.get("debug", False))
    except ValueError as error:
        return {"error": str(error)}
    tls = serve(app, certificate) if site.get("tls") else None
    return {"port": serve(app), "tls": tls}


def main():
    asked = json.loads(sys.argv[1])
    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    certificate = (asked["certificate"], asked["key"])
    sites = {name: start(site, certificate) for name, site in asked["sites"].items()}
    print(json.dumps({"version": importlib.metadata.version("flask-talisman"), "sites": sites}), flush=True)
    sys.stdin.read()


main()
