# The server for tests that speaks KalamDB's protocol, and the list of things to do: docker build -f docker/kalam.Dockerfile -t korm-kalam .
FROM maven:3-eclipse-temurin-21 AS build
WORKDIR /src
COPY . .
RUN mvn -q -B -ntp -pl examples -am package -Dmaven.test.skip=true

FROM eclipse-temurin:21-jre
RUN useradd --system --home /data korm && mkdir /data && chown korm /data
COPY --from=build /src/examples/target/korm-examples.jar /app/korm-examples.jar
COPY --from=build /src/examples/target/lib /app/lib
USER korm
WORKDIR /data
VOLUME /data
# The server asks for KALAMDB_ROOT_PASSWORD, since others reach it.
ENV KALAMDB_SERVER_HOST=0.0.0.0 KALAMDB_SERVER_PORT=8080 KALAMDB_DATA_DIR=/data JAVA_OPTS="-Xmx256m"
EXPOSE 8080
STOPSIGNAL SIGTERM
ENTRYPOINT ["sh", "-c", "exec java $JAVA_OPTS -cp /app/korm-examples.jar \"$0\""]
CMD ["dev.korm.testkit.kalam.KalamServerCommand"]
