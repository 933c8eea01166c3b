package io.headgraft;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class Sha256Test {

  /** The one-block example of FIPS 180-4 (NIST's example values for SHA-256). */
  private static final String ABC =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  @Test
  void isThatOfTheStandard() {
    byte[] abc = "abc".getBytes(StandardCharsets.US_ASCII);

    assertThat(Sha256.hex(abc)).isEqualTo(ABC);
    assertThat(Sha256.of("abc")).isEqualTo(HexFormat.of().parseHex(ABC));
    assertThat(Sha256.begin().digest(abc)).isEqualTo(HexFormat.of().parseHex(ABC));
  }
}
