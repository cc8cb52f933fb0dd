#include "net/tls_stream.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cstring>

#include "base/assert.hpp"

namespace rollcall::net {

// A BIO that reads the input of `feed` and writes to the stream's output. OpenSSL's own memory BIOs would
// keep two growing buffers per connection.
struct MemoryBio {
  static BIO* make(TlsStream& stream) {
    BIO* bio = BIO_new(method());
    BIO_set_data(bio, &stream);
    BIO_set_init(bio, 1);
    return bio;
  }

 private:
  static int read(BIO* bio, char* out, int wanted) {
    auto& input = static_cast<TlsStream*>(BIO_get_data(bio))->input_;
    BIO_clear_retry_flags(bio);
    if (input.empty()) {
      BIO_set_retry_read(bio);
      return -1;
    }
    const std::size_t bytes = input.copy(out, static_cast<std::size_t>(wanted));
    input.remove_prefix(bytes);
    return static_cast<int>(bytes);
  }

  static int write(BIO* bio, const char* bytes, int count) {
    static_cast<TlsStream*>(BIO_get_data(bio))->write_out({bytes, static_cast<std::size_t>(count)});
    return count;
  }

  static long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

  static const BIO_METHOD* method() {
    static BIO_METHOD* const made = [] {
      BIO_METHOD* fresh = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "rollcall stream");
      BIO_meth_set_read(fresh, read);
      BIO_meth_set_write(fresh, write);
      BIO_meth_set_ctrl(fresh, control);
      return fresh;
    }();
    return made;
  }
};

namespace {

// SSL_get_error needs an empty error queue. Clearing one that is empty takes a tenth of the time of a small
// record.
void forget_tls_errors() {
  if (ERR_peek_error() != 0) ERR_clear_error();
}

}  // namespace

TlsStream::TlsStream(ssl_st* ssl) : ssl_(ssl) {
  BIO* bio = MemoryBio::make(*this);
  SSL_set_bio(ssl_, bio, bio);
}

TlsStream::~TlsStream() {
  SSL_free(ssl_);
}

TlsStream::Fed TlsStream::feed(std::span<const char> bytes, std::span<char> plain) {
  Fed fed;
  fed.good = !failed_;
  if (failed_) return fed;
  input_ = {bytes.data(), bytes.size()};
  forget_tls_errors();
  for (;;) {
    const auto room = std::min<std::size_t>(plain.size() - fed.plain, kRecordBytes);
    const int got = SSL_read(ssl_, plain.data() + fed.plain, static_cast<int>(room));
    if (got > 0) {
      fed.plain += static_cast<std::size_t>(got);
      continue;
    }
    // An SSL_read that finds nothing is also what frees OpenSSL's read buffer of 16 KiB.
    const int error = SSL_get_error(ssl_, got);
    if (error == SSL_ERROR_ZERO_RETURN) {
      ended_ = true;
    } else if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
      ERR_clear_error();
      failed_ = true;
      fed.good = false;
    }
    break;
  }
  input_ = {};
  shook_hands_ = SSL_is_init_finished(ssl_);
  return fed;
}

void TlsStream::seal(std::string_view plain, std::span<char> room) {
  ROLLCALL_ASSERT(!has_output());
  room_ = room;
  while (!plain.empty() && !failed_) {
    const int written = SSL_write(ssl_, plain.data(), static_cast<int>(std::min(plain.size(), kRecordBytes)));
    if (written > 0) plain.remove_prefix(static_cast<std::size_t>(written));
    failed_ = written <= 0;
  }
  if (failed_) ERR_clear_error();
  room_ = {};
}

// Appends to the output. Once a record does not fit the caller's room, the whole output moves to `kept_`.
void TlsStream::write_out(std::string_view records) {
  const bool in_room = output_.empty() ? !room_.empty() : kept_.empty();
  if (in_room && records.size() <= room_.size()) {
    std::memcpy(room_.data(), records.data(), records.size());
    output_ = {output_.empty() ? room_.data() : output_.data(), output_.size() + records.size()};
    room_ = room_.subspan(records.size());
    return;
  }
  if (kept_.empty()) kept_ = output_;
  const std::size_t gone = kept_.size() - output_.size();
  kept_ += records;
  output_ = std::string_view(kept_).substr(gone);
  room_ = {};
}

void TlsStream::sent(std::size_t bytes) {
  output_.remove_prefix(bytes);
  if (output_.empty()) {
    std::string().swap(kept_);
  } else if (kept_.empty()) {
    kept_ = output_;
    output_ = kept_;
  }
}

bool TlsStream::say_goodbye() {
  if (said_goodbye_ || !ready()) return false;
  said_goodbye_ = true;
  SSL_shutdown(ssl_);
  ERR_clear_error();
  return has_output();
}

}  // namespace rollcall::net
