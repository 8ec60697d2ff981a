"""What Python's zipfile raises for damaged, encrypted and hostile zips."""

import lzma
import struct
import zipfile
import zlib

ZIP_ERRORS = (OSError, EOFError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error)
ZIP_ERRORS += (lzma.LZMAError, struct.error, LookupError, OverflowError, MemoryError)
"""RuntimeError stands for encryption and for methods that are not known."""
