package io.headgraft.jobs;

import static io.headgraft.jobs.CommandLineFixture.headgraft;
import static org.assertj.core.api.Assertions.assertThat;

import io.headgraft.jobs.CommandLineFixture.Outcome;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine.Command;

/** What the command line knows, whichever of its commands it looks at. */
class MainTest {

  private static List<String> commands() {
    return List.copyOf(Main.commandLine().getSubcommands().keySet());
  }

  @Test
  void helpListsAllCommands() {
    Outcome help = headgraft("--help");

    assertThat(help.exitCode()).isZero();
    assertThat(commands()).hasSize(14).startsWith("demo", "nightly").endsWith("embed");
    assertThat(help.out()).contains(commands().stream().map(name -> "\n  " + name + " ").toList());
  }

  @ParameterizedTest
  @MethodSource("commands")
  void aCommandIsFoundWithoutTheOthers(String name) {
    var only = Main.commandLine(name, "--help").getSubcommands();

    assertThat(only).containsOnlyKeys(name);
    assertThat(only.get(name).getCommand().getClass().getAnnotation(Command.class).name())
        .isEqualTo(name);
    assertThat(headgraft(name, "--help").out()).startsWith("Usage: headgraft " + name);
  }

  @Test
  void anUnknownCommandIsRefused() {
    Outcome outcome = headgraft("inspekt");

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err()).contains("inspekt").contains("inspect");
  }
}
