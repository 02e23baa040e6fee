"""Mark one versioned-symbol requirement of an ELF64 file as weak.

    python weaken_glibc.py FILE GLIBC_2.39

The npm build of Zola needs glibc 2.39 only for two *weak* symbols
(pidfd_getpid, pidfd_spawnp) that it can do without; an older glibc still
refuses to load it because the version requirement itself is not marked weak.
Setting VER_FLG_WEAK on that one entry is enough.  No code is changed.
"""

import struct
import sys
from pathlib import Path


def weaken(path: str, version: str) -> int:
    """Mark the requirement; how many entries were changed."""
    data = bytearray(Path(path).read_bytes())
    if data[:5] != b"\x7fELF\x02":
        sys.exit("not a 64-bit ELF file")
    (shoff,) = struct.unpack_from("<Q", data, 0x28)
    shentsize, shnum = struct.unpack_from("<HH", data, 0x3A)
    # sh_type, sh_offset, sh_link, sh_info of every section
    sections = [struct.unpack_from("<IIQQQQII", data, shoff + i * shentsize) for i in range(shnum)]
    changed = 0
    for sec in sections:
        if sec[1] != 0x6FFFFFFE:  # SHT_GNU_verneed
            continue
        strtab = sections[sec[6]][4]
        need, count = sec[4], sec[7]
        for _ in range(count):
            _ver, cnt, _file, aux, nxt = struct.unpack_from("<HHIII", data, need)
            pos = need + aux
            for _ in range(cnt):
                _hash, flags, _other, name, following = struct.unpack_from("<IHHII", data, pos)
                end = data.index(b"\0", strtab + name)
                if data[strtab + name : end].decode() == version and not flags & 2:
                    struct.pack_into("<H", data, pos + 4, flags | 2)
                    changed += 1
                pos += following
            need += nxt
    Path(path).write_bytes(data)
    return changed


if __name__ == "__main__":
    print("entries changed:", weaken(sys.argv[1], sys.argv[2]))
