#include "app/setting_rules.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rollcall::app {
namespace {

TEST(SettingRules, ARequestPathHasASlashAtBothEnds) {
  for (const char* text : {"/", "/socket.io/", "/a/b/"}) EXPECT_TRUE(is_request_path(text)) << text;
  for (const char* text : {"", "socket.io/", "/socket.io", "/a b/", "/a?b/", "/a#/", "/\n/", "/\xc3\xa9/"}) {
    EXPECT_FALSE(is_request_path(text)) << text;
  }
  EXPECT_FALSE(is_request_path("/" + std::string(300, 'a') + "/"));
}

TEST(SettingRules, ANamespaceBeginsWithASlashAndHasNothingThatPacketsGiveAMeaning) {
  for (const char* text : {"/", "/ws/messages", "/chat"}) EXPECT_TRUE(is_namespace(text)) << text;
  for (const char* text : {"", "chat", "/a,b", "/a?b", "/a b"}) EXPECT_FALSE(is_namespace(text)) << text;
}

TEST(SettingRules, AnOriginIsWrittenAsBrowsersDo) {
  for (const char* text :
       {"*", "null", "https://app.example.com", "http://localhost:5173", "http://127.0.0.1:8080",
        "http://[::1]:3000", "https://[::1]", "capacitor://localhost", "https://a.b:80",
        "chrome-extension://abcdefghijklmnop"}) {
    EXPECT_TRUE(is_origin(text)) << text;
  }
}

TEST(SettingRules, AnOriginThatNoBrowserWouldSendIsRefused) {
  for (const char* text : {"",
                           "app.example.com",
                           "https://",
                           "https://a/",
                           "https://a/path",
                           "https://*.a.com",
                           "HTTPS://a",
                           "https://A.com",
                           "https://a:443",
                           "http://a:80",
                           "https://a:",
                           "https://a:0",
                           "https://a:070",
                           "https://a:65536",
                           "https://user@a",
                           "https://a?b",
                           " https://a",
                           "://a",
                           "1http://a",
                           "https://[::1"}) {
    EXPECT_FALSE(is_origin(text)) << text;
  }
}

TEST(SettingRules, AWebhookIsSentToAnHttpUrl) {
  for (const char* text : {"http://localhost:8080", "https://backend.example", "https://backend.example/",
                           "http://127.0.0.1:1/x?y=z", "https://[2001:db8::1]/hook",
                           "https://[::1]:8443/a/b?c=%20&d=[1]", "https://B.Example/Case?token=a@b:c"}) {
    EXPECT_TRUE(is_webhook_url(text)) << text;
  }
}

TEST(SettingRules, WhatNoWebhookCanBeSentToIsRefused) {
  for (const char* text : {"",
                           "backend.example/hook",
                           "//backend.example",
                           "ftp://backend.example/",
                           "file:///etc/passwd",
                           "HTTPS://backend.example",
                           "https://",
                           "https:///hook",
                           "https://?x",
                           "https://:443/",
                           "https://a:0/",
                           "https://a:65536/",
                           "https://a:/",
                           "https://a:b/",
                           "https://user@a/",
                           "https://user:password@a/",
                           "https://a/#part",
                           "https://a/ b",
                           " https://a/",
                           "https://a/\r\nX: y",
                           "https://a\\b/",
                           "https://[::1/",
                           "https://\xc3\xa9.example/"}) {
    EXPECT_FALSE(is_webhook_url(text)) << text;
  }
  EXPECT_FALSE(is_webhook_url("https://a/" + std::string(2048, 'a')));
}

TEST(SettingRules, AUrlOfThisMachineIsKnown) {
  for (const char* text : {"http://localhost", "http://localhost:80/x", "http://127.0.0.1/",
                           "http://127.8.9.1:5", "http://[::1]:80/?a"}) {
    EXPECT_TRUE(is_loopback_url(text)) << text;
  }
  for (const char* text : {"http://127.example", "http://localhost.example/", "http://10.0.0.1/localhost",
                           "http://[::2]/", "http://1127.0.0.1"}) {
    EXPECT_FALSE(is_loopback_url(text)) << text;
  }
}

TEST(SettingRules, AnAlgorithmIsOneWeKnowAndNeverNone) {
  for (const char* text : {"HS256", "RS512", "PS384", "ES256"}) EXPECT_TRUE(is_algorithm(text)) << text;
  for (const char* text : {"none", "hs256", "", "EdDSA"}) EXPECT_FALSE(is_algorithm(text)) << text;
}

}  // namespace
}  // namespace rollcall::app
