// A deleter for std::unique_ptr that calls a function of a C library:
//   std::unique_ptr<BIO, base::FreeWith<BIO_free_all>>
#pragma once

namespace rollcall::base {

template <auto free>
struct FreeWith {
  template <class T>
  void operator()(T* object) const {
    free(object);
  }
};

}  // namespace rollcall::base
