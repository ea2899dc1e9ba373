"""The formats of tables as the outside names them; a format's own name is also the ending of its files."""

CSV = "csv"
MEDIA_TYPES = {
    CSV: "text/csv",
    "jsonl": "application/jsonlines",
    "parquet": "application/x-parquet",
    "npz": "application/zip",
}
FORMAT_WORDS = {CSV: "CSV", "jsonl": "JSON lines", "parquet": "Parquet", "npz": "NPZ"}
