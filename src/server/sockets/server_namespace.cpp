#include "server/sockets/server_namespace.hpp"

namespace rollcall::server {

NamespaceImpl& ServerNamespace::here() const {
  for (NamespaceImpl* part : parts_) {
    if (part->loop().runs_here()) return *part;
  }
  return *parts_.front();
}

}  // namespace rollcall::server
