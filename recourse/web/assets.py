"""How static files are stored: hashed names, also inside the scripts' imports, so that they may be kept for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class Assets(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # no types there
    """WhiteNoise's storage, following the imports between our modules."""

    support_js_module_import_aggregation = True
