#include "base/base64.hpp"

#include <gtest/gtest.h>

namespace rollcall::base {
namespace {

TEST(Base64, EncodesTheVectorsOfRfc4648) {
  EXPECT_EQ(base64_encode(""), "");
  EXPECT_EQ(base64_encode("f"), "Zg==");
  EXPECT_EQ(base64_encode("fo"), "Zm8=");
  EXPECT_EQ(base64_encode("foo"), "Zm9v");
  EXPECT_EQ(base64_encode("foob"), "Zm9vYg==");
  EXPECT_EQ(base64_encode("foobar"), "Zm9vYmFy");
}

TEST(Base64, UrlAlphabetHasNoPaddingAndNoSlash) {
  EXPECT_EQ(base64url_encode("\xFB\xFF\xFE\xFF"), "-__-_w");
}

TEST(Base64, UrlDigitsAreAppended) {
  for (std::size_t bytes = 0; bytes < 10; ++bytes) {
    std::string text = "it";
    append_base64url(text, std::string(bytes, 'f'));
    EXPECT_EQ(text, "it" + base64url_encode(std::string(bytes, 'f')));
    EXPECT_EQ(text.size(), 2 + (bytes * 4 + 2) / 3);
  }
}

TEST(Base64, DigitsAreThoseOfTheStandardAlphabet) {
  EXPECT_TRUE(all_base64_digits(""));
  EXPECT_TRUE(all_base64_digits("azAZ09+/"));
  for (const char* bad : {"=", "Zg==", "Zm-v", "Zm_v", "Zm v", "Zm9\xC3"})
    EXPECT_FALSE(all_base64_digits(bad));
}

TEST(Base64, DecodesWhatItEncodes) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(base64_decode(base64_encode(bytes)), bytes);
    bytes += static_cast<char>(i * 7);
  }
}

TEST(Base64, RefusesWhatIsNotExactlyBase64) {
  for (const char* bad :
       {"Z", "Zg", "Zg=", "Zg===", "=Zg=", "Z===", "Zh==", "Zm9=", "Zm 9v", "Zm9v\n", "Zm-v"}) {
    EXPECT_EQ(base64_decode(bad), std::nullopt) << bad;
  }
}

}  // namespace
}  // namespace rollcall::base
