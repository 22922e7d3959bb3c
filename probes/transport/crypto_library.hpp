#pragma once
// OpenSSL's algorithms as the probes use them.

#include <openssl/crypto.h>

namespace rdpwatch::transport {

/// OpenSSL's state that belongs to the probes: its own algorithms, untouched by any configuration file. The
/// first call also tells OpenSSL to load no configuration file for the whole process, which takes effect only
/// when nothing used OpenSSL before. Lives as long as the process. Thread-safe. The first call throws
/// std::runtime_error when OpenSSL can't be set up (a broken installation).
///
/// Of the decoders that OpenSSL's default provider has it knows those of public keys in certificates alone:
/// private keys, PEM and other formats of keys can't be read with it.
OSSL_LIB_CTX* crypto_library();

/// Throws std::runtime_error that names `what` and OpenSSL's reason unless a call that sets OpenSSL up went
/// well.
void require_openssl(bool ok, const char* what);

}  // namespace rdpwatch::transport
