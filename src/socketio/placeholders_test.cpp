#include "socketio/placeholders.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/json_scan.hpp"

namespace rollcall::socketio {
namespace {

TEST(Placeholders, PlaceholdersFitIfTheirNumberIsAnIndex) {
  for (const char* num : {"0", "1", "-0", "1.0", "1e0", "10e-1"}) {
    const std::string json = R"([{"_placeholder":true,"num":)" + std::string(num) + "}]";
    EXPECT_TRUE(placeholders_fit(json, 2)) << num;
  }
  for (const char* num : {"2", "-1", "0.5", "1e1", "1e999", "1e-999", "18446744073709551616", "\"0\"", "null",
                          "true", "[0]", "{}"}) {
    const std::string json = R"([{"_placeholder":true,"num":)" + std::string(num) + "}]";
    EXPECT_FALSE(placeholders_fit(json, 2)) << num;
  }
  EXPECT_FALSE(placeholders_fit(R"([{"_placeholder":true}])", 2)) << "no number at all";
}

TEST(Placeholders, PlaceholdersAreFoundAnywhereAndHoweverSpelt) {
  for (const char* unfit :
       {R"([{"a":[1,{"b":{"num":9,"_placeholder":true}}]}])", R"([ { "_placeholder" : true , "num" : 9 } ])",
        R"([{"\u005fplaceholder":true,"n\u0075m":9}])",
        R"([{"_placeholder":false,"_placeholder":true,"num":9}])",
        R"([{"num":0,"num":9,"_placeholder":true}])",
        R"([{"x":"]}\"","y":{"_placeholder":true,"num":9}}])"}) {
    EXPECT_FALSE(placeholders_fit(unfit, 2)) << unfit;
  }
}

TEST(Placeholders, WhatOnlyLooksLikeAPlaceholderIsData) {
  for (const char* data : {"[]", R"(["_placeholder",true,"num",9])", R"([{"_placeholder":false,"num":9}])",
                           R"([{"_placeholder":"true","num":9}])", R"([{"_placeholder":1,"num":9}])",
                           R"([{"_placeholder":[true],"num":9}])", R"(["{\"_placeholder\":true,\"num\":9}"])",
                           R"([{"num":9}])"}) {
    EXPECT_TRUE(placeholders_fit(data, 2)) << data;
  }
}

TEST(Placeholders, PlaceholdersMayStandBesideLoneSurrogatesAndDeepInside) {
  EXPECT_TRUE(placeholders_fit(R"(["\ud800",{"_placeholder":true,"num":0}])", 1));
  const std::string deep = std::string(base::kMaxJsonDepth - 1, '[') + R"({"_placeholder":true,"num":7})" +
                           std::string(base::kMaxJsonDepth - 1, ']');
  EXPECT_TRUE(placeholders_fit(deep, 8));
  EXPECT_FALSE(placeholders_fit(deep, 7));
}

TEST(Placeholders, AreFoundInEachOfSeveralValues) {
  EXPECT_TRUE(placeholders_fit(R"(1, {"_placeholder":true,"num":0} ,"x")", 1));
  EXPECT_FALSE(placeholders_fit(R"(1, "x" , {"_placeholder":true,"num":1})", 1));
}

}  // namespace
}  // namespace rollcall::socketio
