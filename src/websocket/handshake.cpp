#include "websocket/handshake.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>

#include "base/assert.hpp"
#include "base/base64.hpp"
#include "base/free_with.hpp"

namespace rollcall::websocket {
namespace {

constexpr std::string_view kGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
constexpr std::size_t kKeySize = 24;    // 16 bytes in base64
constexpr std::size_t kKeyDigits = 22;  // without the padding

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t";
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

char lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

bool equals_ignoring_case(std::string_view text, std::string_view lower_case) {
  return std::ranges::equal(text, lower_case, {}, lower);
}

bool has_token(std::string_view list, std::string_view lower_case) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    if (equals_ignoring_case(trim(list.substr(0, comma)), lower_case)) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

// The unused bits of the last digit may be anything: the key of the RFC's own example (section 4.1)
// has some set, and clients copy that.
bool is_key(std::string_view key) {
  return key.size() == kKeySize && key.ends_with("==") && base::all_base64_digits(key.substr(0, kKeyDigits));
}

// Looked up once: the lookup takes longer than the digest.
const EVP_MD* sha1() {
  static EVP_MD* const found = EVP_MD_fetch(nullptr, "SHA1", nullptr);
  ROLLCALL_ASSERT(found != nullptr);
  return found;
}

using Digest = std::array<unsigned char, 20>;

// Each thread keeps a context: making one takes about as long as the digest of such a short text.
Digest sha1_of(std::string_view text) {
  thread_local const std::unique_ptr<EVP_MD_CTX, base::FreeWith<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
  Digest digest;
  ROLLCALL_ASSERT(context && EVP_DigestInit_ex(context.get(), sha1(), nullptr) == 1 &&
                  EVP_DigestUpdate(context.get(), text.data(), text.size()) == 1 &&
                  EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) == 1);
  return digest;
}

// RFC 9110, section 5.6.2.
bool is_token(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') ||
           kMarks.find(c) != std::string_view::npos;
  });
}

constexpr std::size_t kMaxProtocols = 32;

}  // namespace

std::optional<std::string_view> choose_protocol(std::string_view offered) {
  if (trim(offered).empty()) return std::string_view{};
  std::array<std::string_view, kMaxProtocols> names;
  std::size_t count = 0;
  for (std::string_view rest = offered;;) {
    const std::size_t comma = rest.find(',');
    const std::string_view name = trim(rest.substr(0, comma));
    const auto end = names.begin() + static_cast<std::ptrdiff_t>(count);
    if (!is_token(name) || count == kMaxProtocols || std::find(names.begin(), end, name) != end)
      return std::nullopt;
    names[count++] = name;
    if (comma == std::string_view::npos) return names.front();
    rest.remove_prefix(comma + 1);
  }
}

bool asks_for_websocket(const UpgradeFields& fields) {
  return fields.method == "GET" && fields.http_1_1 && has_token(fields.upgrade, "websocket") &&
         has_token(fields.connection, "upgrade");
}

Result<std::string, UpgradeFault> accept_key(const UpgradeFields& fields) {
  if (!asks_for_websocket(fields)) return fail(UpgradeFault::not_an_upgrade);
  if (trim(fields.version) != "13") return fail(UpgradeFault::bad_version);
  const std::string_view key = trim(fields.key);
  if (!is_key(key)) return fail(UpgradeFault::bad_key);

  std::array<char, kKeySize + kGuid.size()> text;
  key.copy(text.data(), kKeySize);
  kGuid.copy(text.data() + kKeySize, kGuid.size());
  const Digest digest = sha1_of({text.data(), text.size()});
  return base::base64_encode({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

}  // namespace rollcall::websocket
