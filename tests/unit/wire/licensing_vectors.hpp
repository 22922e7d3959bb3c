#pragma once
// Licensing messages as hex text, for the tests of licensing and of server messages.

namespace rdpwatch::wire::vectors {

// xrdp 0.9.21, of 318 bytes.
inline constexpr const char* kXrdpLicenseRequest =
    "01 02 3e01"                                                        // preamble
    "7b3c31a6aee874f6b4a50390e7c2c739ba531c30546e9005d005ce4418918381"  // ServerRandom
    "00000400"                                                          // dwVersion
    "2c000000 4d006900630072006f0073006f0066007400200043006f00720070006f0072006100740069006f006e000000"
    "08000000 3200330036000000"  // ProductId
    "0d00 0400 01000000"         // KeyExchangeList
    "0300 b800 01000000 01000000 01000000 0600 5c00 52534131 48000000 00020000 3f000000 01000100"
    "01c7c9f78e5a38e429c300952ddd4c3e50450b0d9e2a5d186364c42cf78f29d53fc5352234ffad3ae6e39506ae5582e3"
    "c8c7b4a847c85071742953896d9ced70 0000000000000000"
    "0800 4800 a8f431b9ab4be6b4f43989d6b1daf61eecb1f0543b5e3e6a71b4f775c8162f2400dee982995f330ba9a694af"
    "cb11c3f2db0942682956580156db590369db7d37 0000000000000000"
    "01000000 0e00 0e00 6d6963726f736f66742e636f6d00";  // ScopeList

// The dump of MS-RDPBCGR 4.1.12, decrypted: ERROR_ALERT, STATUS_VALID_CLIENT, ST_NO_TRANSITION. xrdp and
// FreeRDP send the same.
inline constexpr const char* kValidClient = "ff 03 1000 07000000 02000000 0400 0000";

}  // namespace rdpwatch::wire::vectors
