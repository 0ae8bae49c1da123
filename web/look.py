"""The organisation's own look: its accent colour, readable in both schemes, and its logo."""

from functools import lru_cache

from flask import Blueprint, Response, abort, current_app, send_file

pages = Blueprint("look", __name__)

_WHITE, _DARK = (255, 255, 255), (22, 24, 28)
# The grounds that text in the accent colour stands on, as in style.css.
_LIGHT_GROUND, _DARK_GROUND = (243, 244, 246), (32, 35, 41)
_READABLE = 4.6  # WCAG 2.2 §1.4.3 asks for 4.5; the rest is for rounding

Colour = tuple[int, int, int]


@pages.get("/accent.css")
def accent() -> Response:
    """The accent colour as custom properties."""
    answer = Response(_stylesheet(current_app.config["ACCENT"]), mimetype="text/css")
    answer.cache_control.max_age = 3600
    return answer


@pages.get("/logo")
def logo() -> Response:
    """The configured logo."""
    path = current_app.config["LOGO"]
    if path is None:
        abort(404)
    return send_file(path, max_age=3600)


@lru_cache(maxsize=8)
def _stylesheet(colour: str) -> str:
    chosen = _parse(colour)
    light = _until_readable(chosen, _LIGHT_GROUND, towards=(0, 0, 0))
    dark = _until_readable(chosen, _DARK_GROUND, towards=_WHITE)
    return (
        f":root{{--accent:{_hex(light)};--on-accent:{_hex(_WHITE)}}}\n"
        "@media (prefers-color-scheme:dark){"
        f":root{{--accent:{_hex(dark)};--on-accent:{_hex(_DARK)}}}}}\n"
    )


def _until_readable(colour: Colour, ground: Colour, *, towards: Colour) -> Colour:
    """Move *colour* in small steps until text in it can be read on *ground*."""
    for step in range(21):
        share = step / 20
        red, green, blue = (
            round(a + (b - a) * share) for a, b in zip(colour, towards, strict=True)
        )
        if contrast((red, green, blue), ground) >= _READABLE:
            return red, green, blue
    return towards


def contrast(one: Colour, other: Colour) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _luminance(colour: Colour) -> float:
    parts = [value / 255 for value in colour]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _parse(colour: str) -> Colour:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _hex(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
