// Verifies tokens without any server: each line of the standard input is one.
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <rollcall/tokens.hpp>
#include <string>

int main() {
  const char* secret = std::getenv("JWT_SECRET");
  const auto verifier = rollcall::hs256(secret ? secret : "");
  if (!verifier) {
    std::cerr << verifier.error() << "\n";
    return 2;
  }
  for (std::string line; std::getline(std::cin, line);) {
    const auto now = std::chrono::time_point_cast<rollcall::milliseconds>(std::chrono::system_clock::now());
    const auto claims = (*verifier)->verify(line, rollcall::WallTime{now.time_since_epoch()});
    std::cout << (claims ? claims->subject : claims.error().details) << std::endl;
  }
}
