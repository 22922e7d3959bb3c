#include "probes/transport/crypto_library.hpp"

#include <openssl/core_dispatch.h>
#include <openssl/err.h>
#include <openssl/provider.h>
#include <openssl/ssl.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace rdpwatch::transport {
namespace {

// OpenSSL 3.0 walks through every algorithm that it has at hand each time a certificate comes, which is a
// third of all that a handshake costs. Our library context therefore has a provider of its own, which hands
// out the default provider's algorithms, but of ciphers and decoders, nearly all of them, only what TLS and
// certificates can need.

OSSL_PROVIDER* default_provider() {
  static OSSL_PROVIDER* const loaded = [] {
    OSSL_LIB_CTX* library = OSSL_LIB_CTX_new();
    require_openssl(library != nullptr, "library context");
    OSSL_PROVIDER* provider = OSSL_PROVIDER_load(library, "default");
    require_openssl(provider != nullptr, "default provider");
    return provider;
  }();
  return loaded;
}

bool contains(std::string_view text, std::string_view piece) {
  return text.find(piece) != text.npos;
}

bool decodes_public_keys(const OSSL_ALGORITHM& decoder) {
  const std::string_view properties = decoder.property_definition;
  return contains(properties, "input=der") && contains(properties, "structure=SubjectPublicKeyInfo");
}

/// Whether any TLS cipher suite encrypts with it.
bool is_for_tls(const OSSL_ALGORITHM& cipher) {
  const std::string_view names = cipher.algorithm_names;
  if (contains(names, "CBC-CTS")) return false;
  return contains(names, "GCM") || contains(names, "CCM") || contains(names, "CBC") ||
         contains(names, "ChaCha20-Poly1305") || contains(names, "NULL");
}

std::vector<OSSL_ALGORITHM> chosen(int operation, bool (*wanted)(const OSSL_ALGORITHM&)) {
  std::vector<OSSL_ALGORITHM> kept;
  int no_store = 0;
  const OSSL_ALGORITHM* all = OSSL_PROVIDER_query_operation(default_provider(), operation, &no_store);
  for (; all != nullptr && all->algorithm_names != nullptr; ++all) {
    if (wanted(*all)) kept.push_back(*all);
  }
  kept.push_back({});  // the end, as OpenSSL wants it
  return kept;
}

const OSSL_ALGORITHM* query(void* /*context*/, int operation, int* no_store) {
  static const std::vector<OSSL_ALGORITHM> decoders = chosen(OSSL_OP_DECODER, decodes_public_keys);
  static const std::vector<OSSL_ALGORITHM> ciphers = chosen(OSSL_OP_CIPHER, is_for_tls);
  *no_store = 0;
  if (operation == OSSL_OP_DECODER) return decoders.data();
  if (operation == OSSL_OP_CIPHER) return ciphers.data();
  return OSSL_PROVIDER_query_operation(default_provider(), operation, no_store);
}

/// The groups that TLS may use are asked for here.
int capabilities(void* /*context*/, const char* capability, OSSL_CALLBACK* callback, void* argument) {
  return OSSL_PROVIDER_get_capabilities(default_provider(), capability, callback, argument);
}

template <typename Function>
OSSL_DISPATCH entry(int id, Function* function) {
  return {id, reinterpret_cast<void (*)()>(function)};
}

int start_provider(const OSSL_CORE_HANDLE* /*handle*/, const OSSL_DISPATCH* /*core*/,
                   const OSSL_DISPATCH** functions, void** context) {
  static const OSSL_DISPATCH kFunctions[] = {entry(OSSL_FUNC_PROVIDER_QUERY_OPERATION, query),
                                             entry(OSSL_FUNC_PROVIDER_GET_CAPABILITIES, capabilities),
                                             {0, nullptr}};
  *functions = kFunctions;
  // The algorithms are given this context, and it must be the one that their own provider made.
  *context = OSSL_PROVIDER_get0_provider_ctx(default_provider());
  return 1;
}

OSSL_LIB_CTX* make_crypto_library() {
  // OpenSSL decides once a process whether it reads its configuration file, at the first use.
  require_openssl(OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr) == 1, "initialisation");
  // A library context of our own keeps us apart from providers and properties that a file set for the default
  // one.
  OSSL_LIB_CTX* library = OSSL_LIB_CTX_new();
  require_openssl(library != nullptr, "library context");
  require_openssl(OSSL_PROVIDER_add_builtin(library, "probes", start_provider) == 1, "provider");
  require_openssl(OSSL_PROVIDER_load(library, "probes") != nullptr, "provider's algorithms");
  return library;
}

}  // namespace

void require_openssl(bool ok, const char* what) {
  if (ok) return;
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  throw std::runtime_error(std::string("OpenSSL can't be set up: ") + what + ": " +
                           (reason == nullptr ? "unknown reason" : reason));
}

OSSL_LIB_CTX* crypto_library() {
  // Never freed: certificates and sessions may refer to it until the process ends.
  static OSSL_LIB_CTX* const library = make_crypto_library();
  return library;
}

}  // namespace rdpwatch::transport
