package dev.belfry.server;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import dev.belfry.EventFilter;
import dev.belfry.Permissions;
import java.util.Set;

/** The house: which module may know which. One package is one module. */
@AnalyzeClasses(packages = "dev.belfry", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String CORE = "dev.belfry";
    private static final String TESTKIT = "dev.belfry.testkit";
    private static final String ROCKSDB = "dev.belfry.rocksdb";
    private static final String WIRE = "dev.belfry.wire";
    private static final String STREAM = "dev.belfry.stream";
    private static final String SECURITY = "dev.belfry.security";
    private static final String WEBFLUX = "dev.belfry.webflux";
    private static final String MERCURE = "dev.belfry.mercure";
    private static final String BOOT = "dev.belfry.boot";
    private static final String SERVER = "dev.belfry.server";
    private static final String ATTACKS = "dev.belfry.attack..";

    @ArchTest
    static final ArchRule EVERY_CLASS_IS_OF_A_MODULE = classes()
            .should()
            .resideInAnyPackage(
                    CORE, TESTKIT, ROCKSDB, WIRE, STREAM, SECURITY, WEBFLUX, MERCURE, BOOT, SERVER, ATTACKS);

    @ArchTest
    static final ArchRule CORE_KNOWS_THE_JDK_REACTOR_SLF4J_AND_JSPECIFY = classes()
            .that()
            .resideInAPackage(CORE)
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    CORE,
                    "java..",
                    "reactor.core..",
                    "reactor.util..",
                    "org.reactivestreams..",
                    "org.slf4j..",
                    "org.jspecify..");

    @ArchTest
    static final ArchRule CORE_KNOWS_NO_SPRING_AND_NO_NETTY = noClasses()
            .that()
            .resideInAPackage(CORE)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.springframework..", "io.netty..", "reactor.netty..");

    @ArchTest
    static final ArchRule TESTKIT_KNOWS_CORE = knows(TESTKIT, CORE);

    @ArchTest
    static final ArchRule THE_LOG_ON_DISK_KNOWS_CORE = knows(ROCKSDB, CORE);

    @ArchTest
    static final ArchRule THE_LOG_ON_DISK_KNOWS_NO_SPRING_AND_NO_NETTY = noClasses()
            .that()
            .resideInAPackage(ROCKSDB)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.springframework..", "io.netty..", "reactor.netty..");

    @ArchTest
    static final ArchRule THE_WIRE_KNOWS_CORE = knows(WIRE, CORE);

    @ArchTest
    static final ArchRule THE_WIRE_KNOWS_NO_SPRING_AND_NO_CHANNELS = noClasses()
            .that()
            .resideInAPackage(WIRE)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.springframework..", "io.netty.channel..", "io.netty.handler..", "reactor.netty..");

    @ArchTest
    static final ArchRule THE_STREAM_KNOWS_CORE_AND_THE_WIRE = knows(STREAM, CORE, WIRE);

    @ArchTest
    static final ArchRule THE_STREAM_KNOWS_NO_SPRING = noClasses()
            .that()
            .resideInAPackage(STREAM)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.springframework..", "reactor.netty..");

    @ArchTest
    static final ArchRule SECURITY_KNOWS_CORE = knows(SECURITY, CORE);

    @ArchTest
    static final ArchRule SECURITY_KNOWS_NO_SPRING_AND_NO_NETTY = noClasses()
            .that()
            .resideInAPackage(SECURITY)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.springframework..", "io.netty..", "reactor.netty..");

    @ArchTest
    static final ArchRule THE_DOORS_KNOW_CORE_THE_WIRE_THE_STREAM_AND_SECURITY =
            knows(WEBFLUX, CORE, WIRE, STREAM, SECURITY);

    @ArchTest
    static final ArchRule MERCURE_KNOWS_THE_DOORS_AND_WHAT_IS_ABOVE = knows(MERCURE, CORE, WIRE, STREAM, WEBFLUX);

    /** What two doors share is a class of its own. */
    @ArchTest
    static final ArchRule NO_DOOR_CALLS_ANOTHER =
            SlicesRuleDefinition.slices().assignedFrom(new Doors()).should().notDependOnEachOther();

    /** A door that made its own filter would let a reader see what it is not granted. */
    @ArchTest
    static final ArchRule ONLY_PERMISSIONS_MAKE_FILTERS = noClasses()
            .that()
            .resideInAnyPackage(WIRE, STREAM, WEBFLUX, MERCURE, BOOT, SERVER)
            .should()
            .callConstructorWhere(target(owner(type(EventFilter.class))))
            .orShould()
            .accessField(EventFilter.class, "ALL");

    @ArchTest
    static final ArchRule ONLY_THE_AUTHORIZER_OF_AN_OPEN_SERVER_GRANTS_ALL = noClasses()
            .that()
            .resideInAnyPackage(WIRE, STREAM, WEBFLUX, MERCURE, BOOT, SERVER)
            .and()
            // a stream's owner only compares with them, to be one object for all streams of an open server
            .haveNameNotMatching(".*\\.(Authorizer|AuthenticationPermissions|StreamOwner)(\\$.*)?")
            .should()
            .accessField(Permissions.class, "OPEN")
            .orShould()
            .callConstructorWhere(target(owner(type(Permissions.class))));

    @ArchTest
    static final ArchRule EVERY_DOOR_IS_TOLD_WHAT_ITS_CALLER_MAY_DO = classes()
            .that()
            .resideInAPackage(WEBFLUX)
            .and()
            .haveSimpleNameEndingWith("Handler")
            .should()
            .dependOnClassesThat()
            .areAssignableTo(Permissions.class);

    @ArchTest
    static final ArchRule THE_DOORS_KNOW_NO_BOOT = noClasses()
            .that()
            .resideInAnyPackage(WEBFLUX, MERCURE)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.springframework.boot..");

    @ArchTest
    static final ArchRule THE_STARTER_KNOWS_WHAT_IS_ABOVE =
            knows(BOOT, CORE, WIRE, STREAM, SECURITY, WEBFLUX, MERCURE, ROCKSDB);

    @ArchTest
    static final ArchRule THE_SERVER_KNOWS_WHAT_IS_ABOVE =
            knows(SERVER, CORE, WIRE, STREAM, SECURITY, WEBFLUX, MERCURE, ROCKSDB, BOOT);

    @ArchTest
    static final ArchRule NOBODY_KNOWS_THE_TESTKIT = noClasses()
            .that(not(resideInAPackage(TESTKIT)))
            .should()
            .dependOnClassesThat()
            .resideInAPackage(TESTKIT);

    /** They see what a stranger sees. */
    @ArchTest
    static final ArchRule THE_ATTACKS_KNOW_NOTHING_OF_THE_HOUSE = knows(ATTACKS);

    @ArchTest
    static final ArchRule NOBODY_KNOWS_THE_ATTACKS = noClasses()
            .that(not(resideInAPackage(ATTACKS)))
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ATTACKS);

    @ArchTest
    static final ArchRule PACKAGES_HAVE_NO_CYCLES =
            SlicesRuleDefinition.slices().assignedFrom(new Packages()).should().beFreeOfCycles();

    private static ArchRule knows(String module, String... known) {
        return noClasses()
                .that()
                .resideInAPackage(module)
                .should()
                .dependOnClassesThat(resideInAPackage("dev.belfry..")
                        .and(not(resideInAPackage(module)))
                        .and(not(resideInAnyPackage(known))));
    }

    private static final class Packages implements SliceAssignment {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
            return SliceIdentifier.of(javaClass.getPackageName());
        }

        @Override
        public String getDescription() {
            return "every package";
        }
    }

    private static final class Doors implements SliceAssignment {
        private static final Set<String> NAMES =
                Set.of("PublishHandler", "PollHandler", "EventHandler", "StreamHandler", "WebSocketHandler");

        @Override
        public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
            String name =
                    javaClass.getSimpleName().startsWith("WebSocket") ? "WebSocketHandler" : javaClass.getSimpleName();
            return NAMES.contains(name) ? SliceIdentifier.of(name) : SliceIdentifier.ignore();
        }

        @Override
        public String getDescription() {
            return "every door";
        }
    }
}
