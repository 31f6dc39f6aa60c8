package dev.belfry.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaFieldAccess.AccessType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The classes of this module stand in a line: what is further down the line is known as an interface at most. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.belfry.stream");

    private static boolean isOfThisModule(JavaClass javaClass) {
        return javaClass.getPackageName().equals("dev.belfry.stream");
    }

    private static String outermost(JavaClass javaClass) {
        return javaClass.getEnclosingClass().map(ArchitectureTest::outermost).orElse(javaClass.getSimpleName());
    }

    /** What each class knows of the others; interfaces, which name cycles, know nobody. */
    private static Map<String, Set<String>> known() {
        Map<String, Set<String>> known = new TreeMap<>();
        for (JavaClass javaClass : CLASSES) {
            Set<String> names = known.computeIfAbsent(outermost(javaClass), name -> new TreeSet<>());
            if (!javaClass.isInterface()) {
                javaClass.getDirectDependenciesFromSelf().stream()
                        .map(Dependency::getTargetClass)
                        .map(JavaClass::getBaseComponentType)
                        .filter(ArchitectureTest::isOfThisModule)
                        .map(ArchitectureTest::outermost)
                        .forEach(names::add);
                names.remove(outermost(javaClass));
            }
        }
        return known;
    }

    /** Removes classes that know none of the rest, again and again: a cycle remains. */
    private static Set<String> cycles(Map<String, Set<String>> known) {
        boolean isShrinking = true;
        while (isShrinking) {
            List<String> leaves = known.entrySet().stream()
                    .filter(entry -> entry.getValue().isEmpty())
                    .map(Map.Entry::getKey)
                    .toList();
            leaves.forEach(known::remove);
            known.values().forEach(names -> names.removeAll(leaves));
            isShrinking = !leaves.isEmpty();
        }
        return known.keySet();
    }

    @Test
    void classesHaveNoCyclesButThoseThatAnInterfaceNames() {
        Map<String, Set<String>> known = known();
        assertThat(known.get("Shard")).contains("Groups", "Tail", "HeartbeatWheel");
        assertThat(known.get("Group")).contains("Subscriber", "Feed").doesNotContain("Shard");
        assertThat(cycles(known)).isEmpty();
    }

    @Test
    void nobodySetsAnothersFields() {
        List<String> foreign = new ArrayList<>();
        for (JavaClass javaClass : CLASSES) {
            javaClass.getFieldAccessesFromSelf().stream()
                    .filter(access -> access.getAccessType() == AccessType.SET)
                    .filter(access -> !outermost(access.getOriginOwner()).equals(outermost(access.getTargetOwner())))
                    .forEach(access -> foreign.add(access.getDescription()));
        }
        assertThat(foreign).isEmpty();
    }

    @Test
    void thePlacesOfASubscriberAreSetByTheOwnersOfTheLists() {
        assertThat(callersOf("placedInGroup")).containsExactly("Group");
        assertThat(callersOf("placedOnWheel")).containsExactly("HeartbeatWheel");
    }

    private static Set<String> callersOf(String method) {
        Set<String> callers = new TreeSet<>();
        CLASSES.get(Subscriber.class).getMethods().stream()
                .filter(candidate -> candidate.getName().equals(method))
                .flatMap(candidate -> candidate.getCallsOfSelf().stream())
                .forEach(call -> callers.add(outermost(call.getOriginOwner())));
        return callers;
    }
}
